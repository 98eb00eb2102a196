/** Looks at the canvases of whatever viewer the page holds, once a frame of the screen. */
(() => {
  const SIDE = 12;
  // A canvas of the graphics process takes a picture from another without its pixels going through
  // this process; only what is read does. A small one, or one read often, would leave it.
  const LARGE = 512;
  const READS = 16;
  let context = null;
  let reads = 0;

  function contextNow() {
    if (!context || reads >= READS) {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [LARGE, LARGE];
      context = canvas.getContext('2d');
      reads = 0;
    }
    return context;
  }

  /** Canvases of images, in the order of the page: large ones that are seen. */
  const canvases = () =>
    [...document.querySelectorAll('canvas:not(.masks)')]
      .filter((one) => one.clientWidth > 150 && one.clientHeight > 150)
      .filter((one) => getComputedStyle(one).visibility !== 'hidden');

  function pixels(canvas, x, y, width, height) {
    const small = contextNow();
    reads += 1;
    small.clearRect(0, 0, SIDE, SIDE);
    small.drawImage(canvas, x, y, width, height, 0, 0, SIDE, SIDE);
    return small.getImageData(0, 0, SIDE, SIDE).data;
  }

  /** Whether a tenth of the canvas is brighter than black. */
  function hasImage(canvas) {
    const data = pixels(canvas, 0, 0, canvas.width, canvas.height);
    let bright = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] > 24) bright += 1;
    return bright >= (SIDE * SIDE) / 10;
  }

  const eachFrame = (look) => {
    const next = () => look() !== true && requestAnimationFrame(next);
    next();
  };
  const now = () => performance.now();
  const isFrame = ({ name }) => name.includes('/frames/');

  performance.setResourceTimingBufferSize(5000);
  window.probe = {
    /** Images in the first `count` viewports: when the first has pixels, and when all have. */
    images(count, isWanted = () => true) {
      const times = { first: 0, all: 0 };
      return new Promise((resolve) =>
        eachFrame(() => {
          if (!isWanted()) return false;
          const ready = canvases().filter(hasImage).length;
          if (ready >= 1) times.first ||= now();
          if (ready < count) return false;
          times.all = now();
          resolve(times);
          return true;
        }),
      );
    },

    /** When the last of so many frames had come. */
    frames(count) {
      return new Promise((resolve) =>
        eachFrame(() => {
          const ends = new Map();
          for (const one of performance.getEntriesByType('resource').filter(isFrame)) {
            if (one.responseEnd && !ends.has(one.name)) ends.set(one.name, one.responseEnd);
          }
          if (ends.size < count) return false;
          resolve(Math.max(...ends.values()));
          return true;
        }),
      );
    },

    /** Number of the slice that a viewport shows (tests/benchmarks/viewer/exam.py). */
    slice(viewport, step) {
      const canvas = canvases()[viewport];
      const data = pixels(canvas, canvas.width / 2 - 3, canvas.height / 2 - 3, 6, 6);
      return Math.round(data[4 * ((SIDE * SIDE) / 2 + SIDE / 2)] / step - 0.5);
    },

    /** The middle of a viewport. */
    box(viewport) {
      const { x, y, width, height } = canvases()[viewport].getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    },

    /** Note each slice that comes on the canvas and each wheel step that comes in. */
    watch(viewport, step) {
      const seen = { drawn: [], wheel: [], isOn: true };
      const onWheel = () => seen.wheel.push(now());
      window.addEventListener('wheel', onWheel, { capture: true, passive: true });
      eachFrame(() => {
        const slice = this.slice(viewport, step);
        if (seen.drawn.at(-1)?.slice !== slice) seen.drawn.push({ slice, at: now() });
        return !seen.isOn;
      });
      this.seen = seen;
      this.stop = () => {
        seen.isOn = false;
        window.removeEventListener('wheel', onWheel, { capture: true });
        return seen;
      };
    },
  };
  window.firstImages = window.probe.images(3);
})();
