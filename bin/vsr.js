#!/usr/bin/env node
import('../build/src/cli/main.js').catch((error) => {
  // The program itself could not be read: there is no more to word it with.
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  process.stderr.write('vsr: No more files can be opened. Raise the limit (ulimit -n).\n');
  process.exit(1);
});
