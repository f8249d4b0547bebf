import assert from 'node:assert/strict';
import test from 'node:test';
import {
  candidatesFor,
  isOffered,
  providerNames,
} from '../../../../src/model/runtime/providers.js';

test('auto ends with the CPU', () => {
  assert.equal(candidatesFor({ name: 'auto' }).at(-1)?.name, 'cpu');
});

test('a provider by name is tried alone, on the device asked for', () => {
  assert.deepEqual(candidatesFor({ name: 'webgpu', device: 1 }), [{ name: 'webgpu', device: 1 }]);
});

test('a provider that this system cannot have is refused with those it can', () => {
  for (const name of providerNames) {
    if (isOffered(name)) continue;
    assert.throws(() => candidatesFor({ name }), {
      code: 'provider',
      message: new RegExp(`${name} does not exist on ${process.platform}.*Here there are: cpu`),
    });
  }
});
