/** What is drawn over the pixels, as SVG: lines, labels, outlines, letters, scale. */
import { orientationLetters, scale, type SlicePlane, type Vec3 } from '../geometry/plane';

const SVG = 'http://www.w3.org/2000/svg';

export type Project = (point: Vec3) => readonly [number, number];

export interface ReferenceLine {
  ends: readonly [Vec3, Vec3];
  isCurrent: boolean;
}

export interface LevelLabel {
  level: string;
  center: Vec3;
  isActive: boolean;
  /** ai: proposed by AI; new: being marked just now. */
  kind: 'given' | 'ai' | 'new';
}

export interface OverlayContent {
  lines: ReferenceLine[];
  labels: LevelLabel[];
  outlines: { structure: string; points: readonly Vec3[] }[];
  /** 0..1 */
  outlineOpacity: number;
  letters: { left: string; right: string; top: string; bottom: string };
  title: string;
  slice: string;
  window: string;
  note: string;
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

/** Anterior of the disc, where neither disc nor canal is hidden. */
const LABEL_OFFSET_MM = 40;
const LEADER_OFFSET_MM = 21;
const CROSS_PX = 5;
const forward = ([x, y, z]: Vec3, mm: number): Vec3 => [x, y - mm, z];

export class Overlay {
  readonly svg = element('svg', { class: 'overlay', 'aria-hidden': 'true' }) as SVGSVGElement;

  constructor(onLevel: (level: string) => void) {
    // the label is taken before the viewport takes the pointer for a drag
    this.svg.addEventListener('pointerdown', (event) => {
      const level = (event.target as SVGElement).dataset.level;
      if (!level || event.button !== 0) return;
      event.stopPropagation();
      onLevel(level);
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
      const outline = element('polygon', {
        points: path.join(' '),
        class: `outline ${structure}`,
        opacity: content.outlineOpacity,
      });
      parts.push(outline);
    }
    for (const line of content.lines) {
      const [x1, y1] = project(line.ends[0]);
      const [x2, y2] = project(line.ends[1]);
      const className = line.isCurrent ? 'reference current' : 'reference';
      parts.push(element('line', { x1, y1, x2, y2, class: className }));
    }
    for (const label of content.labels) parts.push(...levelLabel(label, project, width));
    parts.push(...corners(content, width, height));
    if (content.pixelsPer20Mm) parts.push(...scaleBar(content.pixelsPer20Mm, height));
    this.svg.replaceChildren(...parts);
  }
}

function levelLabel(label: LevelLabel, project: Project, width: number): SVGElement[] {
  const [x, y] = project(forward(label.center, LABEL_OFFSET_MM));
  const [tipX, tipY] = project(forward(label.center, LEADER_OFFSET_MM));
  const at = Math.min(Math.max(x, 46), width - 8);
  const className = `level ${label.kind}${label.isActive ? ' active' : ''}`;
  const words = text(label.level, at, y + 4, 'end', className);
  words.dataset.level = label.level;
  const parts = [
    element('line', { x1: at + 3, y1: y, x2: tipX, y2: tipY, class: 'leader' }),
    words,
  ];
  if (label.kind === 'new') {
    const [cx, cy] = project(label.center);
    const d = `M${cx - CROSS_PX} ${cy}h${2 * CROSS_PX}M${cx} ${cy - CROSS_PX}v${2 * CROSS_PX}`;
    parts.push(element('path', { d, class: 'new-mark' }));
  }
  return parts;
}

function corners(content: OverlayContent, width: number, height: number): SVGElement[] {
  const { letters: sides } = content;
  const right = width - 8;
  return [
    text(content.title, 8, 18, 'start', 'corner title'),
    text(content.note, 8, 35, 'start', 'corner level-note'),
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
