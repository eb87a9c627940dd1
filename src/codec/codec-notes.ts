import type { Note } from '../base/event.js';
import type { BulkResult } from './bulk.js';

/** What was odd about a job's compressed bytes, as notes on its subject. */
export const codecNotes = (subject: string, result: BulkResult | undefined): readonly Note[] =>
  (result?.notes ?? []).map(({ code, found }) => ({
    code,
    severity: 'warning',
    message: 'ignored at the end of the compressed data',
    subject,
    found,
  }));
