/** Runs commands in turn and compares them by the median of their wall times. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program of PATH or of the given folders; undefined if there is none. */
export const findProgram = (name, folders = []) =>
  [...folders, ...(process.env.PATH ?? '').split(delimiter)]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

const peakOf = (pid) => {
  try {
    const kibibytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? 0 : Number(kibibytes) * 1024;
  } catch {
    return 0;
  }
};

/** One run: seconds of wall time, bytes of peak memory (Linux; 0 elsewhere). Standard output is thrown away. */
export const runOnce = (command, options = {}) =>
  new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'], ...options });
    let peak = 0;
    let errors = '';
    const timer = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), 5);
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      if (code === 0) resolve({ seconds, peak });
      else reject(new Error(`${command.join(' ')}: exit ${code}\n${errors.slice(0, 2000)}`));
    });
  });

const sync = findProgram('sync');

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Jobs `{ name, command, before? }` in turn, `rounds` times after one round that does not count.
 * A job that fails is left out and said so.
 */
export const compare = async (jobs, rounds) => {
  const runs = new Map(jobs.map((job) => [job.name, []]));
  const failed = new Set();
  for (let round = 0; round <= rounds; round++) {
    for (const job of jobs) {
      if (failed.has(job.name)) continue;
      try {
        // Each job starts with nothing of its own or of others waiting for the disk.
        await job.before?.();
        if (sync !== undefined) await runOnce([sync]);
        const result = await runOnce(job.command, job.options);
        await job.before?.();
        if (round > 0) runs.get(job.name).push(result);
      } catch (error) {
        failed.add(job.name);
        console.error(`left out: ${job.name}: ${String(error.message).split('\n').slice(0, 3).join(' / ')}`);
      }
    }
  }
  return jobs
    .filter((job) => !failed.has(job.name))
    .map((job) => {
      const results = runs.get(job.name);
      const seconds = results.map((result) => result.seconds);
      return {
        name: job.name,
        seconds: median(seconds),
        least: Math.min(...seconds),
        most: Math.max(...seconds),
        peak: Math.max(...results.map((result) => result.peak)),
      };
    });
};

/** A table of results with the ratio of `subject` to each of them. */
export const report = (title, bytes, results, subject) => {
  const own = results.find((result) => result.name === subject);
  const rows = results.map((result) => [
    result.name,
    `${result.seconds.toFixed(2)} s`,
    `${result.least.toFixed(2)}–${result.most.toFixed(2)}`,
    bytes === undefined ? '' : `${(bytes / 1e6 / result.seconds).toFixed(0)} MB/s`,
    result.peak === 0 ? '' : `${(result.peak / 1e6).toFixed(0)} MB`,
    own === undefined || own === result ? '' : `${(own.seconds / result.seconds).toFixed(2)} ×`,
  ]);
  const head = ['', 'median', 'range', 'rate', 'peak memory', `${subject} takes`];
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map((row) => row[column].length)));
  console.log(`\n${title}`);
  for (const row of [head, ...rows])
    console.log(
      `  ${row
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd()}`,
    );
};
