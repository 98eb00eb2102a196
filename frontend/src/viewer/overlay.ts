/** What is drawn over the pixels, as SVG: lines, labels, outlines, letters, scale. */
import type { Vec3 } from '../geometry/plane';

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
}

export interface OverlayContent {
  lines: ReferenceLine[];
  labels: LevelLabel[];
  outlines: { structure: string; points: readonly Vec3[] }[];
  letters: { left: string; right: string; top: string; bottom: string };
  corner: { title: string; slice: string; window: string; note: string };
  scaleBarMm: number | null;
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

/** Anterior of the disc, where neither disc nor canal is hidden. */
const LABEL_OFFSET_MM = 40;
const LEADER_OFFSET_MM = 21;
const forward = ([x, y, z]: Vec3, mm: number): Vec3 => [x, y - mm, z];

export class Overlay {
  readonly svg = element('svg', { class: 'overlay', 'aria-hidden': 'true' }) as SVGSVGElement;

  constructor(private readonly onLevel: (level: string) => void) {}

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
    for (const line of content.lines) {
      const [x1, y1] = project(line.ends[0]);
      const [x2, y2] = project(line.ends[1]);
      const className = line.isCurrent ? 'reference current' : 'reference';
      parts.push(element('line', { x1, y1, x2, y2, class: className }));
    }
    for (const label of content.labels) parts.push(...this.label(label, project, width));
    parts.push(...corners(content, width, height));
    if (content.scaleBarMm) parts.push(...scaleBar(content.scaleBarMm, height));
    this.svg.replaceChildren(...parts);
  }

  private label(label: LevelLabel, project: Project, width: number): SVGElement[] {
    const [x, y] = project(forward(label.center, LABEL_OFFSET_MM));
    const [tipX, tipY] = project(forward(label.center, LEADER_OFFSET_MM));
    const at = Math.min(Math.max(x, 46), width - 8);
    const className = label.isActive ? 'level active' : 'level';
    const words = text(label.level, at, y + 4, 'end', className);
    words.addEventListener('click', () => this.onLevel(label.level));
    return [element('line', { x1: at + 3, y1: y, x2: tipX, y2: tipY, class: 'leader' }), words];
  }
}

function corners(content: OverlayContent, width: number, height: number): SVGElement[] {
  const { letters, corner } = content;
  const parts = [
    text(corner.title, 8, 18, 'start', 'corner title'),
    text(corner.note, 8, 35, 'start', 'corner level-note'),
    text(corner.slice, width - 8, 18, 'end', 'corner'),
    text(corner.window, width - 8, height - 10, 'end', 'corner'),
    text(letters.left, 8, height / 2, 'start', 'letter'),
    text(letters.right, width - 8, height / 2, 'end', 'letter'),
    text(letters.top, width / 2, 18, 'middle', 'letter'),
    text(letters.bottom, width / 2, height - 10, 'middle', 'letter'),
  ];
  if (content.isSynthetic) parts.push(text('SYNTHETIC', width - 8, 35, 'end', 'corner synthetic'));
  return parts;
}

/** pixels: length on screen of 20 mm. */
function scaleBar(pixels: number, height: number): SVGElement[] {
  const y = height - 14;
  return [
    element('path', { d: `M8 ${y - 4}v4h${pixels.toFixed(1)}v-4`, class: 'scale-bar' }),
    text('20 mm', 14 + pixels, y, 'start', 'corner'),
  ];
}
