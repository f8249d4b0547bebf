/** What of the clip is wanted, in ticks: from inclusive, to exclusive. */
export type TickRange = { readonly from?: number; readonly to?: number };
