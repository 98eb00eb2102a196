/** What is drawn over the pixels, as SVG: lines, labels, outlines, letters, scale. */
import { add, orientationLetters, scale, type SlicePlane, type Vec3 } from '../geometry/plane';

const SVG = 'http://www.w3.org/2000/svg';

export type Project = (point: Vec3) => readonly [number, number];

export interface ReferenceLine {
  ends: readonly [Vec3, Vec3];
  isCurrent: boolean;
}

export interface LevelLabel {
  kind: 'disc' | 'vertebra';
  level: string;
  center: Vec3;
  /** Where the words stand and where their leader ends, towards the spine. */
  at: Vec3;
  tip: Vec3;
  isActive: boolean;
  /** ai: proposed by AI; new: being marked just now. */
  style: 'given' | 'ai' | 'new';
}

/** Where a slice cuts the box of one of AI's findings. */
export interface FindingBox {
  id: number;
  points: readonly Vec3[];
  /** What it is, where there is room for it; how sure AI is. Each may be empty. */
  words: string;
  score: string;
  isBehind: boolean;
  isSelected: boolean;
  verdict: string;
}

/** A line under the title. */
export interface Note {
  words: string;
  isAi: boolean;
}

export interface OverlayContent {
  lines: ReferenceLine[];
  labels: LevelLabel[];
  outlines: { structure: string; points: readonly Vec3[] }[];
  boxes: readonly FindingBox[];
  letters: { left: string; right: string; top: string; bottom: string };
  title: string;
  slice: string;
  window: string;
  notes: readonly Note[];
  /** A marked point; isNear: this slice passes it. */
  cross: { point: Vec3; isNear: boolean } | null;
  readout: string;
  /** Why there are no pixels, a line each. */
  trouble: readonly string[];
  pixelsPer20Mm: number | null;
  isSynthetic: boolean;
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function text(content: string, x: number, y: number, anchor: string, className: string) {
  const made = element('text', { x, y, 'text-anchor': anchor, class: className });
  made.textContent = content;
  return made;
}

/** Letters at the four edges of a slice. */
export function letters(plane: SlicePlane | null): OverlayContent['letters'] {
  if (!plane) return { left: '', right: '', top: '', bottom: '' };
  return {
    right: orientationLetters(plane.row),
    left: orientationLetters(scale(plane.row, -1)),
    bottom: orientationLetters(plane.column),
    top: orientationLetters(scale(plane.column, -1)),
  };
}

const CROSS_PX = 5;
const CHARACTER_PX = 7; // of a label, at most
const NOTE_PX = 16;

export class Overlay {
  readonly svg = element('svg', { class: 'overlay', 'aria-hidden': 'true' }) as SVGSVGElement;

  constructor(onLevel: (level: string) => void, onTitle: () => void) {
    // the label is taken before the viewport takes the pointer for a drag
    this.svg.addEventListener('pointerdown', (event) => {
      const { level, title } = (event.target as SVGElement).dataset;
      if (event.button !== 0 || (!level && title === undefined)) return;
      event.stopPropagation();
      if (level) onLevel(level);
      else onTitle();
    });
    this.svg.addEventListener('dblclick', (event) => event.stopPropagation());
  }

  draw(content: OverlayContent, project: Project, width: number, height: number): void {
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const parts: SVGElement[] = [];
    for (const { structure, points } of content.outlines) {
      const path = points.map((point) =>
        project(point)
          .map((v) => v.toFixed(1))
          .join(','),
      );
      parts.push(element('polygon', { points: path.join(' '), class: `outline ${structure}` }));
    }
    for (const box of content.boxes) parts.push(...findingBox(box, project));
    for (const line of content.lines) {
      const [x1, y1] = project(line.ends[0]);
      const [x2, y2] = project(line.ends[1]);
      const className = line.isCurrent ? 'reference current' : 'reference';
      parts.push(element('line', { x1, y1, x2, y2, class: className }));
    }
    for (const label of content.labels) parts.push(...levelLabel(label, project, width));
    if (content.cross) parts.push(crosshair(content.cross, project));
    parts.push(...corners(content, width, height));
    if (content.pixelsPer20Mm) parts.push(...scaleBar(content.pixelsPer20Mm, height));
    this.svg.replaceChildren(...parts);
  }
}

/** Words on the screen with a leader to the spine; none where they would stand over it. */
function levelLabel(label: LevelLabel, project: Project, width: number): SVGElement[] {
  const parts = label.style === 'new' ? [newMark(project(label.center), label)] : [];
  const [x, y] = project(label.at);
  const [tipX, tipY] = project(label.tip);
  const isLeft = x <= tipX;
  const wide = 8 + CHARACTER_PX * label.level.length;
  const at = isLeft
    ? Math.min(Math.max(x, wide), width - 8)
    : Math.max(Math.min(x, width - wide), 8);
  if (isLeft ? at > tipX - 4 : at < tipX + 4) return parts;
  const active = label.isActive ? ' active' : '';
  const className = `level ${label.kind} ${label.style}${active}`;
  const words = text(label.level, at, y + 4, isLeft ? 'end' : 'start', className);
  if (label.kind === 'disc' && label.style !== 'new') words.dataset.level = label.level;
  const x1 = at + (isLeft ? 3 : -3);
  return [...parts, element('line', { x1, y1: y, x2: tipX, y2: tipY, class: 'leader' }), words];
}

const AHEAD_MM = 10;

/**
 * A box of AI with its words on the side away from the canal; where that side of the patient isn't
 * seen, at its left.
 */
function findingBox(box: FindingBox, project: Project): SVGElement[] {
  const places = box.points.map(project);
  const state = ['finding', box.isSelected && 'selected', box.verdict];
  const className = state.filter(Boolean).join(' ');
  const points = places.map((place) => place.map((v) => v.toFixed(1)).join(','));
  const shape = element('polygon', { points: points.join(' '), class: className });
  shape.dataset.finding = String(box.id);
  const [first] = box.points;
  if (!box.score || !first) return [shape];
  const [from, to] = [
    project(first),
    project(add(first, [0, box.isBehind ? AHEAD_MM : -AHEAD_MM, 0])),
  ];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const isUpright = Math.abs(dy) > Math.abs(dx) && Math.abs(dy) > 1;
  const side = isUpright ? Math.sign(dy) : dx > 1 ? 1 : -1;
  // the middle of the edge that lies on that side
  const outer = [...places].sort((a, b) => (isUpright ? b[1] - a[1] : b[0] - a[0]) * side);
  const [a, b] = [outer[0] ?? [0, 0], outer[1] ?? [0, 0]];
  const x = isUpright ? (a[0] + b[0]) / 2 : a[0];
  const y = isUpright ? a[1] + (side < 0 ? -5 : 14) : Math.min(a[1], b[1]) - 4;
  // beside the spine the level labels stand: the score alone stands over the box
  const anchor = isUpright ? 'middle' : side > 0 ? 'end' : 'start';
  const words = isUpright ? [box.words, box.score].filter(Boolean).join(' · ') : box.score;
  return [shape, text(words, x, y, anchor, className)];
}

function newMark([x, y]: readonly [number, number], label: LevelLabel): SVGElement {
  const plus = `M${x - CROSS_PX} ${y}h${2 * CROSS_PX}M${x} ${y - CROSS_PX}v${2 * CROSS_PX}`;
  const ring = `M${x - 9} ${y}a9 9 0 1 0 18 0a9 9 0 1 0 -18 0`;
  const d = label.isActive ? plus + ring : plus;
  const made = element('path', { d, class: `new-mark ${label.kind}` });
  made.dataset.mark = label.level;
  made.dataset.place = `${x.toFixed(1)} ${y.toFixed(1)}`;
  return made;
}

/** Four strokes around the point, so that what is there stays visible. */
function crosshair(cross: { point: Vec3; isNear: boolean }, project: Project): SVGElement {
  const [x, y] = project(cross.point);
  const d = [`M${x - 18} ${y}h12M${x + 6} ${y}h12`, `M${x} ${y - 18}v12M${x} ${y + 6}v12`].join('');
  const made = element('path', { d, class: cross.isNear ? 'crosshair' : 'crosshair far' });
  made.dataset.place = `${x.toFixed(1)} ${y.toFixed(1)}`;
  return made;
}

function corners(content: OverlayContent, width: number, height: number): SVGElement[] {
  const { letters: sides } = content;
  const right = width - 8;
  return [
    titleText(content.title),
    ...content.notes.map(({ words, isAi }, at) => {
      const className = `corner level-note${isAi ? ' ai' : ''}`;
      return text(words, 8, 35 + NOTE_PX * at, 'start', className);
    }),
    text(content.slice, right, 18, 'end', 'corner'),
    text(content.isSynthetic ? 'SYNTHETIC' : '', right, 35, 'end', 'corner synthetic'),
    text(content.readout, right, height - 27, 'end', 'corner readout'),
    text(content.window, right, height - 10, 'end', 'corner'),
    text(sides.left, 8, height / 2, 'start', 'letter'),
    text(sides.right, right, height / 2, 'end', 'letter'),
    text(sides.top, width / 2, 18, 'middle', 'letter'),
    text(sides.bottom, width / 2, height - 10, 'middle', 'letter'),
    ...content.trouble.map((line, at) =>
      text(line, width / 2, height / 2 - 48 + 20 * at, 'middle', 'trouble'),
    ),
  ];
}

function titleText(title: string): SVGElement {
  const made = text(title, 8, 18, 'start', 'corner title');
  made.dataset.title = '';
  return made;
}

/** pixels: length on screen of 20 mm. */
function scaleBar(pixels: number, height: number): SVGElement[] {
  const y = height - 14;
  const d = `M8 ${y - 4}v4h${pixels.toFixed(1)}v-4`;
  return [
    element('path', { d, class: 'scale-bar-ground' }),
    element('path', { d, class: 'scale-bar' }),
    text('20 mm', 14 + pixels, y, 'start', 'corner'),
  ];
}
