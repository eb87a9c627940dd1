import { describe, expect, it } from 'vitest';
import { splitName } from '../../../src/cli/render/images.js';
import { minuteText, sinceText } from '../../../src/cli/render/since.js';

const NOW = '2026-03-01T12:00:00.000Z';

describe('the time since', () => {
  it.for([
    ['2026-03-01T12:00:00.000Z', 'just now'],
    ['2026-03-01T12:00:05Z', 'just now'],
    ['2026-03-01T11:59:59Z', '1 second ago'],
    ['2026-03-01T11:59:01Z', '59 seconds ago'],
    ['2026-03-01T11:59:00Z', '1 minute ago'],
    ['2026-03-01T13:00:00+02:00', '1 hour ago'],
    ['2026-02-27T12:00:01Z', '47 hours ago'],
    ['2026-02-27T12:00:00Z', '2 days ago'],
    ['2026-02-15T12:00:00Z', '2 weeks ago'],
    ['2025-12-31T12:00:00Z', '2 months ago'],
    ['2024-02-29T12:00:00Z', '2 years ago'],
    ['1970-01-01T00:00:00Z', '56 years ago'],
    ['yesterday', ''],
    [undefined, ''],
  ] as const)('%s is %s', ([time, text]) => {
    expect(sinceText(time, NOW)).toBe(text);
  });

  it('is shown to the minute where it is shown as it is', () => {
    expect(minuteText(NOW)).toBe('2026-03-01 12:00');
  });
});

describe('a name', () => {
  it.for([
    ['docker.io/library/app:1', 'docker.io/library/app', '1'],
    ['localhost:5000/app:1', 'localhost:5000/app', '1'],
    ['localhost:5000/app', 'localhost:5000/app', '<none>'],
    ['host/app@sha256:00', 'host/app', '<none>'],
    ['host/app:1@sha256:00', 'host/app', '1'],
    ['v1', '<none>', 'v1'],
  ] as const)('%s has the parts %s and %s', ([name, repository, tag]) => {
    expect(splitName(name)).toEqual({ repository, tag });
  });
});
