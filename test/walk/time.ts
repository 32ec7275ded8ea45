import { isDayEnd } from './model/day';
import type { Random } from './random';
import type { Rig } from './rig';

/** Ms until the next operation: mostly none, now and then a jump, now and then back. */
export function elapse(rig: Rig): number {
  const { random } = rig;
  // In a storm time must pass, or no trial of an open breaker ever comes due.
  if (rig.storm !== null && random.chance(0.15)) return random.int(50, 1_500);
  const span = random.weighted([
    ['same', 45],
    ['soon', 40],
    ['second', 12],
    ['wait', 2],
    ['minutes', 0.1],
    ['hours', 0.03],
    ['midnight', 0.05],
    ['back', 0.2],
  ] as const);
  switch (span) {
    case 'same':
      return 0;
    case 'soon':
      return random.int(1, 40);
    case 'second':
      return random.int(50, 1_500);
    case 'wait':
      return random.int(1_000, 30_000);
    case 'minutes':
      return random.int(60_000, 900_000);
    case 'hours':
      return random.int(3_600_000, 20_000_000);
    case 'midnight':
      return untilMidnight(rig, random);
    case 'back':
      return -random.int(1, 3_600_000);
  }
}

/** To the last moments of the day, where leases stay open across its end. */
function untilMidnight(rig: Rig, random: Random): number {
  const { settings } = rig.state;
  const quarter = 900_000;
  let mark = (Math.floor(rig.now / quarter) + 1) * quarter;
  for (let i = 0; i < 200; i++, mark += quarter) {
    if (isDayEnd(settings, mark - 1, mark)) {
      return Math.max(0, mark - rig.now - random.int(-50, 400));
    }
  }
  return 0;
}
