/** Priorities of clips: those that somebody waits for come before those of a batch. */
export const priorities = ['interactive', 'batch'] as const;
export type Priority = (typeof priorities)[number];
