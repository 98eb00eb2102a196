/** Stands in for vtk.js's WebGPU classes: the reading room draws with WebGL. */
export {};
