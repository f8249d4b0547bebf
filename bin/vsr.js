#!/usr/bin/env node
// A request to end gives the exit code 130 from the start. Once the program is read, it has
// handlers of its own in the place of these (src/cli/process/interruption.ts).
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(130));
import('../build/src/cli/main.js').catch((error) => {
  // The program itself could not be read: there is no more to word it with.
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  process.stderr.write('vsr: No more files can be opened. Raise the limit (ulimit -n).\n');
  process.exit(1);
});
