import { readFileSync } from 'node:fs';

/** Linux counts a process's CPU in hundredths of a second. */
const TICK_US = 10_000;
const UTIME = 11;
const STIME = 12;

/** CPU time of a process so far, user and system, in µs; null where there is no /proc. */
export function cpuUs(pid: number | null): number | null {
  if (pid === null) return null;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Fields are counted from behind the command, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[STIME])) * TICK_US;
}
