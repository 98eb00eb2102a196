/** Hands stored pixels and geometry to Cornerstone3D; nothing is decoded in the browser. */
import {
  cache,
  getShouldUseCPURendering,
  imageLoader,
  init,
  metaData,
  type Types,
  utilities,
} from '@cornerstonejs/core';

import { fetchPixels } from '../api/pixels';
import type { Frame, ViewerSeries } from '../api/types';
import { drawnPlane } from './slices';

const SCHEME = 'spine';

interface Known {
  frame: Frame;
  series: ViewerSeries;
}

const known = new Map<string, Known>();
const loading = new Map<string, Promise<Types.IImage>>();
const loaded = new Map<string, Types.IImage>();
/** Most viewports of a layout; each draws in a context of its own. */
export const MOST_VIEWPORTS = 6;

/** Start Cornerstone, once a page. Without WebGL it would draw half a pixel off: refused. */
export function startCornerstone(): void {
  init({ rendering: { webGlContextCount: MOST_VIEWPORTS } } as Parameters<typeof init>[0]);
  if (getShouldUseCPURendering()) {
    throw new Error(
      'This browser draws without WebGL, and the images need it. ' +
        'Switch hardware acceleration on, or use another browser.',
    );
  }
  const loader = (imageId: string) => ({ promise: loadSlice(imageId) });
  imageLoader.registerImageLoader(SCHEME, loader as unknown as Types.ImageLoaderFn);
  metaData.addProvider(provide, 10_000);
}

/** Register a series; returns its image ids in slice order. */
export function registerSeries(series: ViewerSeries): string[] {
  return series.frames.map((frame) => {
    const imageId = `${SCHEME}:${frame.url}`;
    known.set(imageId, { frame, series });
    return imageId;
  });
}

/** Forget series that are neither shown nor next. */
export function keepOnly(imageIds: ReadonlySet<string>): void {
  for (const imageId of known.keys()) {
    if (imageIds.has(imageId)) continue;
    known.delete(imageId);
    loading.delete(imageId);
    loaded.delete(imageId);
    if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId, { force: true });
  }
}

function pixelsOf(buffer: ArrayBuffer, frame: Frame): Types.PixelDataTypedArray {
  const count = frame.rows * frame.columns * frame.samples_per_pixel;
  if (buffer.byteLength !== (count * frame.bits_allocated) / 8) {
    throw new Error('Its pixels came incomplete.');
  }
  const stored =
    frame.bits_allocated === 8
      ? frame.is_signed
        ? new Int8Array(buffer)
        : new Uint8Array(buffer)
      : frame.is_signed
        ? new Int16Array(buffer)
        : new Uint16Array(buffer);
  if (frame.samples_per_pixel === 1 && (frame.rescale_slope !== 1 || frame.rescale_intercept)) {
    return Float32Array.from(stored, (v) => v * frame.rescale_slope + frame.rescale_intercept);
  }
  return stored as Types.PixelDataTypedArray;
}

/** Load a slice, once; what failed is loaded anew by the next call. */
export function loadSlice(imageId: string): Promise<Types.IImage> {
  const begun = loading.get(imageId);
  if (begun) return begun;
  const coming = fetchImage(imageId);
  loading.set(imageId, coming);
  coming.then(
    (image) => known.has(imageId) && loaded.set(imageId, image),
    () => loading.get(imageId) === coming && loading.delete(imageId),
  );
  return coming;
}

export const isLoaded = (imageId: string): boolean => loaded.has(imageId);

/** Rescaled value of a pixel (three for colour), or null where the slice isn't there yet. */
export function valueAt(imageId: string, column: number, row: number): number[] | null {
  const image = loaded.get(imageId);
  if (!image || column < 0 || row < 0 || column >= image.columns || row >= image.rows) return null;
  const count = image.numberOfComponents ?? 1;
  const at = (row * image.columns + column) * count;
  return [...image.getPixelData().slice(at, at + count)];
}

/** Rescaled values of a slice, or null where it isn't there yet. */
export const pixelsAt = (imageId: string): ArrayLike<number> | null =>
  loaded.get(imageId)?.getPixelData() ?? null;

async function fetchImage(imageId: string): Promise<Types.IImage> {
  const entry = known.get(imageId);
  if (!entry) throw new Error('This slice is not part of the case.');
  const { frame, series } = entry;
  const pixels = pixelsOf(await fetchPixels(frame.url), frame);
  const isColor = frame.samples_per_pixel > 1;
  const toModality = (v: number) => v * frame.rescale_slope + frame.rescale_intercept;
  return {
    imageId,
    minPixelValue: toModality(frame.pixel_min),
    maxPixelValue: toModality(frame.pixel_max),
    slope: 1,
    intercept: 0,
    windowCenter: series.voi.center,
    windowWidth: series.voi.width,
    voiLUTFunction: 'LINEAR' as Types.IImage['voiLUTFunction'],
    getPixelData: () => pixels,
    getCanvas: () => {
      throw new Error('The reading room draws with WebGL only.');
    },
    rows: frame.rows,
    columns: frame.columns,
    height: frame.rows,
    width: frame.columns,
    color: isColor,
    rgba: false,
    numberOfComponents: frame.samples_per_pixel,
    rowPixelSpacing: frame.row_spacing_mm ?? 1,
    columnPixelSpacing: frame.column_spacing_mm ?? 1,
    invert: series.photometric_interpretation === 'MONOCHROME1',
    photometricInterpretation: isColor ? 'RGB' : series.photometric_interpretation,
    sizeInBytes: pixels.byteLength,
    dataType: pixels.constructor.name as Types.IImage['dataType'],
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      width: frame.columns,
      height: frame.rows,
      scalarData: pixels,
      numberOfComponents: frame.samples_per_pixel,
    }),
  } as Types.IImage;
}

function provide(type: string, imageId: string): unknown {
  const entry = typeof imageId === 'string' ? known.get(imageId) : undefined;
  if (!entry) return undefined;
  const { frame, series } = entry;
  switch (type) {
    case 'imagePlaneModule': {
      const { position, row, column } = drawnPlane(frame, series.frames.indexOf(frame));
      return {
        frameOfReferenceUID: series.frame_of_reference_uid || `series-${series.id}`,
        rows: frame.rows,
        columns: frame.columns,
        imageOrientationPatient: [...row, ...column],
        rowCosines: row,
        columnCosines: column,
        imagePositionPatient: position,
        sliceThickness: series.slice_spacing_mm ?? 1,
        sliceLocation: 0,
        pixelSpacing: [frame.row_spacing_mm ?? 1, frame.column_spacing_mm ?? 1],
        rowPixelSpacing: frame.row_spacing_mm ?? 1,
        columnPixelSpacing: frame.column_spacing_mm ?? 1,
      };
    }
    case 'imagePixelModule':
      return {
        samplesPerPixel: frame.samples_per_pixel,
        photometricInterpretation:
          frame.samples_per_pixel > 1 ? 'RGB' : series.photometric_interpretation,
        rows: frame.rows,
        columns: frame.columns,
        bitsAllocated: frame.bits_allocated,
        bitsStored: frame.bits_allocated,
        highBit: frame.bits_allocated - 1,
        pixelRepresentation: frame.is_signed ? 1 : 0,
      };
    case 'voiLutModule':
      return { windowCenter: [series.voi.center], windowWidth: [series.voi.width] };
    case 'modalityLutModule':
      return { rescaleSlope: 1, rescaleIntercept: 0 };
    case 'generalSeriesModule':
      return { modality: 'MR', seriesInstanceUID: `series-${series.id}`, seriesNumber: series.id };
    default:
      return undefined;
  }
}
