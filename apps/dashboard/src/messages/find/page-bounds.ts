/** Shown on a page. */
export const pageMessages = 50;
/** Records looked through for a page; a person can go on from there. */
export const searchedRecords = 10_000;
export const shownWaiting = 20;
