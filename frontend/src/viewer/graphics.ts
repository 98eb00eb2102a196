/** The engine that draws; where the computer takes its graphics away, it is built anew. */
import { Enums, eventTarget, RenderingEngine } from '@cornerstonejs/core';

import type { SliceViewport } from './viewport';

const PATIENCE_MS = 3000;
const PAUSE_MS = 200;

/**
 * Cornerstone asks for contexts that smooth edges, which takes every pixel four times; of an image
 * only the rim would change. It makes them all at once, so they are asked for differently meanwhile.
 */
function plainEngine(id: string): RenderingEngine {
  const { prototype } = HTMLCanvasElement;
  const getContext = prototype.getContext as (kind: string, options?: object) => unknown;
  const plain = function (this: HTMLCanvasElement, kind: string, options?: object) {
    return getContext.call(this, kind, { ...options, antialias: false });
  };
  prototype.getContext = plain as typeof prototype.getContext;
  try {
    return new RenderingEngine(id);
  } finally {
    prototype.getContext = getContext as typeof prototype.getContext;
  }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

const untilSeen = (): Promise<void> =>
  new Promise((resolve) => {
    if (!document.hidden) return resolve();
    document.addEventListener('visibilitychange', () => resolve(), { once: true });
  });

export class Graphics {
  engine = plainEngine('reading-room-0');
  private built = 0;
  private isRestoring = false;
  /** Those that were seen when the graphics went. */
  private wanted: SliceViewport[] = [];

  constructor(
    private readonly viewports: readonly SliceViewport[],
    private readonly onLost: () => void,
  ) {
    eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, ((event: CustomEvent) => {
      const { renderingEngineId } = event.detail as { renderingEngineId: string };
      if (renderingEngineId === this.engine.id) void this.restore();
    }) as EventListener);
  }

  /** Try until the images are back; after three seconds the reader is told. */
  private async restore(): Promise<void> {
    if (this.isRestoring) return;
    this.isRestoring = true;
    await untilSeen();
    this.wanted = this.viewports.filter(({ host, shown }) => !host.hidden && shown >= 0);
    const until = performance.now() + PATIENCE_MS;
    let isBack = await this.rebuild();
    while (!isBack && performance.now() < until) {
      await pause(PAUSE_MS);
      isBack = await this.rebuild();
    }
    this.isRestoring = false;
    if (!isBack) this.onLost();
  }

  private async rebuild(): Promise<boolean> {
    try {
      this.engine.destroy();
    } catch {
      // what it held went with its context
    }
    try {
      this.built += 1;
      this.engine = plainEngine(`reading-room-${this.built}`);
      for (const viewport of this.viewports) viewport.attach(this.engine);
      await Promise.race([
        Promise.all(this.viewports.map((viewport) => viewport.idle())),
        pause(PATIENCE_MS),
      ]);
      return this.isDrawing();
    } catch {
      return false;
    }
  }

  /** What was seen is seen again; a viewport that can't be painted shows nothing. */
  private isDrawing(): boolean {
    return this.wanted.every(({ id, host, shown }) => {
      if (host.hidden) return true; // another layout meanwhile
      const window = this.engine.getOffscreenMultiRenderWindow(id).getOpenGLRenderWindow();
      const context = window.get3DContext() as WebGL2RenderingContext | null;
      return shown >= 0 && context !== null && !context.isContextLost();
    });
  }
}
