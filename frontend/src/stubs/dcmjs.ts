/**
 * Stands in for the package with which Cornerstone reads DICOM files: the server does that here.
 * Cornerstone only fills its tables of tags from it, once, when its code begins.
 */
const UNKNOWN = { configurable: true, enumerable: true, value: { tag: '(0000,0000)' } };
/** Keywords begin with a capital (DICOM PS3.6); Cornerstone's own names, in the same tables, don't. */
const named = (name: string | symbol) => (/^[A-Z]/.test(String(name)) ? UNKNOWN : undefined);
const nameMap = new Proxy<Record<string, typeof UNKNOWN.value>>(
  {},
  {
    get: (_, name) => named(name)?.value,
    getOwnPropertyDescriptor: (_, name) => named(name),
  },
);

function Refused(): never {
  throw new Error('DICOM files are not read in the browser');
}

const quiet = () => undefined;
const logger = {
  trace: quiet,
  debug: quiet,
  log: quiet,
  info: quiet,
  warn: console.warn.bind(console),
  error: console.error.bind(console),
};

/** Warnings and errors go to the console; each name gets an object of its own. */
export const log = { ...logger, getLogger: () => ({ ...logger }) };

/** Transfer syntaxes by name; none is met, since pixels come decoded. */
export const constants: Readonly<Record<string, string>> = {};
const data = { DicomMetaDictionary: { dictionary: {}, nameMap } };
const utilities = { DicomMetadataListener: Refused };
export default { constants, data, utilities, async: { AsyncDicomReader: Refused } };
