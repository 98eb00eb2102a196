/**
 * Bodies along the curve of a column that is known roughly. On one line all ways to divide it into
 * bodies and discs can be weighed (dynamic programming), which a search from body to body can't: so
 * a body that was taken for two, or two for one, is put right.
 */
import { type Box, down, evidence, moved, weigh } from './spineBox';
import type { Field, Place } from './spineField';
import { DEGREE, range, square } from './spineFit';
import { type Link, linkOf, UNSEEN } from './spineFollow';
import { ODD, unlike, USUAL } from './spinePair';

/** Of the places along the curve, mm. */
const STEP_MM = 1;
/** The curve goes on so far beyond the outermost bodies, and is smoothed so far to both sides, mm. */
const BEYOND_MM = 12;
const SMOOTH_MM = 9;
const HEIGHTS_MM = range(18, 32, 2);
/** Of most bodies of one patient. */
const USUAL_HEIGHTS_MM = range(20, 30, 2);
/** Bodies differ from that by no more standard deviations than the root of this. */
const MOST_ODD = 4.5;
/** Of a body against the curve. */
const TILTS = [-8, 0, 8].map((deg) => deg * DEGREE);
/** What an endplate inside a body counts here, beyond what `weigh` says. */
const DARK = 1.5;
/** As in `followed`, with that. */
const WORTH = 1.6;
const GAPS_MM = range(1, 13, 1);
const SD = {
  usual: 0.15,
  height: 0.08,
  tilt: 8 * DEGREE,
  gapMm: 3.5,
  turn: 8 * DEGREE,
  clickMm: 8,
};

interface Station extends Place {
  angle: number;
  depthMm: number;
}

/** A body that may be at a station. */
interface State {
  box: Box;
  mean: number;
  weight: number;
  /** The best of all that may follow, and its first. */
  total: number;
  next: State | null;
}

/** The same column divided anew; the clicked point is the origin of the field. */
export function retraced(field: Field, links: readonly Link[]): Link[] {
  const curve = curveOf(links);
  const states = curve.map((station) => statesAt(field, station));
  const clicked = nearest(curve);
  let best: Division | null = null;
  for (const usual of USUAL_HEIGHTS_MM) {
    const found = divided(field, states, clicked, usual);
    if (found && (!best || found.total > best.total)) best = found;
  }
  return best ? [...chain(best.up, -1).reverse(), ...chain(best.low, 1).slice(1)] : [...links];
}

interface Division {
  up: State;
  low: State;
  total: number;
}

/** The best division into bodies that are about as high as usual in this patient. */
function divided(
  field: Field,
  all: readonly State[][],
  clicked: number,
  usual: number,
): Division | null {
  const odd = (heightMm: number) => square(Math.log(heightMm / usual), SD.height);
  const heights = HEIGHTS_MM.filter((heightMm) => odd(heightMm) < MOST_ODD);
  const states = all.map((row) =>
    row
      .filter(({ box }) => heights.includes(box.heightMm))
      .map((state) => ({ ...state, weight: state.weight - ODD * odd(state.box.heightMm) })),
  );
  const [lows, ups] = ([1, -1] as const).map((way) => follow(field, states, heights, way));
  const rare = ODD * square(Math.log(usual / 25), SD.usual);
  let best: Division | null = null;
  states.forEach((row, at) => {
    row.forEach((_, one) => {
      const [low, up] = [lows?.[at]?.[one] as State, ups?.[at]?.[one] as State];
      const off = Math.abs(at - clicked) * STEP_MM;
      if (off > low.box.heightMm / 2 - 1) return;
      const total = low.total + up.total - low.weight - ODD * square(off, SD.clickMm) - rare;
      if (!best || total > best.total) best = { up, low, total };
    });
  });
  return best;
}

function chain(first: State, way: 1 | -1): Link[] {
  const made: Link[] = [];
  for (let state: State | null = first; state && made.length < 10; state = state.next) {
    made.push(linkOf(state, way * made.length || 0));
  }
  return made;
}

/** Through the middles of bodies, smoothed; head to foot. */
function curveOf(links: readonly Link[]): Station[] {
  const boxes = links.map(({ box }) => box);
  const ends = ([-1, 1] as const).map((way) => {
    const box = boxes.at(way < 0 ? 0 : -1) as Box;
    return { ...box, ...moved(box, down(box.angle), way * (box.heightMm / 2 + BEYOND_MM)) };
  });
  const knots = [ends[0] as Box, ...boxes, ends[1] as Box];
  const line = knots.slice(1).flatMap((to, at) => {
    const from = knots[at] as Box;
    const long = Math.hypot(to.x - from.x, to.y - from.y);
    return range(0, long - STEP_MM / 2, STEP_MM).map((mm) => {
      const mix = (a: number, b: number) => a + ((b - a) * mm) / long;
      return {
        x: mix(from.x, to.x),
        y: mix(from.y, to.y),
        depthMm: mix(from.depthMm, to.depthMm),
      };
    });
  });
  const reach = SMOOTH_MM / STEP_MM;
  const smooth = line.map((_, at) => {
    const wide = Math.min(reach, at, line.length - 1 - at);
    const near = line.slice(at - wide, at + wide + 1);
    const mean = (side: 'x' | 'y' | 'depthMm') =>
      near.reduce((sum, one) => sum + one[side], 0) / near.length;
    return { x: mean('x'), y: mean('y'), depthMm: mean('depthMm') };
  });
  return smooth.map((one, at) => {
    const [a, b] = [smooth[Math.max(at - 4, 0)] ?? one, smooth[at + 4] ?? smooth.at(-1) ?? one];
    return { ...one, angle: Math.atan2(b.x - a.x, b.y - a.y) };
  });
}

function statesAt(field: Field, { x, y, angle, depthMm }: Station): State[] {
  if (!field.holds({ x, y }, 6)) return [];
  return HEIGHTS_MM.flatMap((heightMm) =>
    TILTS.map((tilt): State => {
      const box = { x, y, angle: angle + tilt, heightMm, depthMm };
      const seen = evidence(field, box);
      const odd = square(tilt, SD.tilt);
      const weight = (seen ? weigh(seen) - DARK * seen.dark : UNSEEN) - ODD * odd;
      return { box, weight, mean: seen?.mean ?? NaN, total: weight, next: null };
    }),
  );
}

/** With all that may follow in one direction. */
function follow(
  field: Field,
  given: readonly State[][],
  heights: readonly number[],
  way: 1 | -1,
): State[][] {
  const states = given.map((row) => row.map((state) => ({ ...state, total: state.weight })));
  const order = states.map((_, at) => (way > 0 ? states.length - 1 - at : at));
  for (const at of order) {
    for (const state of states[at] as State[]) {
      let best = -Infinity;
      for (const gap of GAPS_MM) {
        heights.forEach((heightMm, index) => {
          const far = Math.round((state.box.heightMm / 2 + gap + heightMm / 2) / STEP_MM);
          const row = states[at + way * far];
          if (!row?.length) return;
          for (let tilt = 0; tilt < TILTS.length; tilt += 1) {
            const next = row[index * TILTS.length + tilt] as State;
            if (next.total - WORTH <= best) continue; // can't become the best
            const total = next.total - WORTH - between(field, state, next, gap, way);
            if (total > best) [best, state.next] = [total, next];
          }
        });
      }
      if (state.next) state.total = state.weight + best;
    }
  }
  return states;
}

function between(field: Field, from: State, to: State, gap: number, way: 1 | -1): number {
  const turn = way * (to.box.angle - from.box.angle) - USUAL.turn;
  const odd = square(turn, SD.turn) + square(gap - USUAL.gapMm, SD.gapMm);
  const differ = Number.isNaN(from.mean + to.mean) ? 0 : unlike(from.mean, to.mean, field.contrast);
  return ODD * odd + differ;
}

/** Of the place on the curve that is nearest to the click. */
function nearest(curve: readonly Place[]): number {
  const away = curve.map(({ x, y }) => Math.hypot(x, y));
  return away.indexOf(Math.min(...away));
}
