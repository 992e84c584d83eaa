/** The parameters of the paths below `/sources/:id`. */
export type SourcePath = { Params: { id: string } };
