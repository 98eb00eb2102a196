/**
 * Windows for MR, which has no fixed units: all are taken from the window that the server has
 * found in the values of the series. Pure.
 */

export interface Window {
  center: number;
  width: number;
}

/** A window in widths of the automatic one, its centre from that one's centre; and inverted. */
export interface Grey extends Window {
  preset: string;
  isInverted: boolean;
}

interface Preset extends Window {
  name: string;
}

export const AUTO = 'Auto';

/** center: how far above the automatic centre, width: how wide, both in automatic widths. */
export const PRESETS: readonly Preset[] = [
  { name: AUTO, center: 0, width: 1 },
  { name: 'Marrow', center: 0.25, width: 1.5 },
  { name: 'Fluid', center: 0.35, width: 0.6 },
  { name: 'High contrast', center: 0, width: 0.6 },
  { name: 'Low contrast', center: 0, width: 1.8 },
];

export const presetNamed = (name: string): Preset =>
  PRESETS.find((one) => one.name === name) ?? (PRESETS[0] as Preset);

/** The preset so many places on; from a window of the reader's own it begins anew. */
export function presetBeside(name: string, steps: 1 | -1): string {
  const at = PRESETS.findIndex((one) => one.name === name);
  if (at < 0) return AUTO;
  return PRESETS[(at + steps + PRESETS.length) % PRESETS.length]?.name ?? AUTO;
}

/** As values of the series. */
export const windowOf = (grey: Window, first: Window): Window => ({
  center: first.center + grey.center * first.width,
  width: grey.width * first.width,
});
