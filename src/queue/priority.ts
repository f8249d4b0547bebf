/** How soon a clip is worked on: those that somebody waits for before those of the night. */
export const priorities = ['interactive', 'batch'] as const;
export type Priority = (typeof priorities)[number];
