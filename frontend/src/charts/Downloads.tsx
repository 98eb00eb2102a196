/** The two files of a picture. */
import { fileName, save } from './csv';

export function Downloads({
  parts,
  svg,
  csv,
}: {
  parts: readonly string[];
  svg?: () => string;
  csv: () => string;
}) {
  return (
    <span class="downloads">
      {svg && (
        <button
          type="button"
          class="button"
          onClick={() => save(fileName(parts, 'svg'), svg(), 'image/svg+xml')}
        >
          Download as SVG
        </button>
      )}
      <button
        type="button"
        class="button"
        onClick={() => save(fileName(parts, 'csv'), csv(), 'text/csv')}
      >
        Download as CSV
      </button>
    </span>
  );
}
