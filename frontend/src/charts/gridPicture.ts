/** A heat map as an SVG file that stands by itself: light, without style sheets. Pure. */

export interface PictureCell {
  /** The first line is the largest. */
  lines: readonly string[];
  /** A colour; "below 0" is drawn as hatching. */
  fill: string;
}

export interface GridPicture {
  title: string;
  caption: readonly string[];
  rows: readonly string[];
  columns: readonly string[];
  /** One a row and column; null is left blank. */
  cells: readonly (readonly (PictureCell | null)[])[];
}

export const HATCHED = 'url(#below0)';
const WIDTH = 152;
const HEIGHT = 84;
const LEFT = 148;
const TOP = 76;
const LINE = 16;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const attribute = (text: string): string => escaped(text).replaceAll('"', '&quot;');

const label = (x: number, y: number, text: string, more = ''): string =>
  `<text x="${x}" y="${y}" ${more}>${escaped(text)}</text>`;

function cell(one: PictureCell, x: number, y: number): string {
  const [first = '', ...rest] = one.lines;
  const lines = rest.map((line, at) => label(x + 8, y + 44 + at * LINE, line, 'font-size="11"'));
  return [
    `<rect x="${x}" y="${y}" width="${WIDTH - 2}" height="${HEIGHT - 2}" fill="${one.fill}"`,
    ' stroke="#d9dee5"/>',
    label(x + 8, y + 26, first, 'font-size="18" font-weight="600"'),
    ...lines,
  ].join('');
}

export function gridSvg(picture: GridPicture): string {
  const { title, caption, rows, columns, cells } = picture;
  const width = Math.max(LEFT + columns.length * WIDTH + 16, 640);
  const bottom = TOP + rows.length * HEIGHT;
  const height = bottom + 16 + caption.length * LINE;
  const at = (row: number, column: number): string => {
    const one = cells[row]?.[column];
    return one ? cell(one, LEFT + column * WIDTH, TOP + row * HEIGHT) : '';
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}"`,
    ` height="${height}" role="img" aria-label="${attribute(title)}"`,
    ' font-family="system-ui, Segoe UI, Roboto, Liberation Sans, sans-serif" font-size="13">',
    `<title>${escaped(title)}</title>`,
    '<defs><pattern id="below0" width="8" height="8" patternUnits="userSpaceOnUse"',
    ' patternTransform="rotate(45)"><rect width="8" height="8" fill="#ffffff"/>',
    '<rect width="2" height="8" fill="#d9dee5"/></pattern></defs>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    label(16, 28, title, 'font-size="16" font-weight="600"'),
    ...columns.map((text, column) => label(LEFT + column * WIDTH + 8, TOP - 12, text)),
    ...rows.map((text, row) => label(16, TOP + row * HEIGHT + 26, text)),
    ...rows.flatMap((_, row) => columns.map((__, column) => at(row, column))),
    ...caption.map((text, line) =>
      label(16, bottom + 20 + line * LINE, text, 'font-size="12" fill="#56606e"'),
    ),
    '</svg>\n',
  ].join('');
}
