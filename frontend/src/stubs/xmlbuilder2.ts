/** Stands in for a package that vtk.js imports but that nothing here uses. */
export const create = (): never => {
  throw new Error('XML is not written in the browser');
};
export const convert = create;
export const builder = create;
export const fragment = create;
