/** Options of a run that takes a second: a small network, small patches, few steps. */
export const quickTraining = [
  ...['--depth', '2', '--batch', '4', '--patch', '12', '--val-every', '10'],
  ...['--average', '20', '--workers', '1'],
];
