/** Values by name. */
export type Table = Readonly<Record<string, string>>;
export declare const compare: (
  table: Table,
  reference: Table,
  codecs: 'all' | 'some',
) => {
  readonly count: number;
  readonly different: readonly string[];
  readonly missing: readonly string[];
  readonly isIdentical: boolean;
};
