/** The parameters of the paths below `/connections/:id`. */
export type ConnectionPath = { Params: { id: string } };

/** Where the API's document lists the routes of connections. */
export const connectionTags = ["connections"];
