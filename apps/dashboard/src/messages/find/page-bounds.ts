/** Shown on a page. */
export const pageMessages = 50;
/** How long a page searches records, and then the archive; a person can go on from there. */
export const budgetMs = 80;
/** Records looked through for a page; a person can go on from there. */
export const searchedRecords = 10_000;
export const shownWaiting = 20;
