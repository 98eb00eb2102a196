/** Tables as files. Pure, but for `save`. */

export type CsvValue = string | number | null;

/** A spreadsheet must not take a text for a formula; the server's own tables do the same. */
const FORMULA = /^ *[=+\-@\t\r\n＝＋－＠]/;

function cell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180; numbers in full precision, empty where there is none. */
export const csvText = (
  header: readonly string[],
  rows: readonly (readonly CsvValue[])[],
): string => [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');

/** Give the reader a file to keep. */
export function save(name: string, text: string, type: 'text/csv' | 'image/svg+xml'): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** "agreement-modic-ai-aided.csv": what a file of these parts is called. */
export const fileName = (parts: readonly string[], extension: 'csv' | 'svg'): string =>
  `${parts
    .map((part) => part.toLowerCase().replace(/[^a-z0-9]+/g, '-'))
    .join('-')
    .replace(/^-+|-+$/g, '')}.${extension}`;
