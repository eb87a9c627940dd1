/** Variables of the surroundings, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;
