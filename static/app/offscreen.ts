// Pictures of a map that the processor draws. What is drawn to a canvas of WebGL keeps the page waiting until it is there, for
// a tenth of a second or more. So while the map rests pictures are drawn to a buffer, read when they are done, and shown on a
// canvas of their own above the library's.

const LOOK = 5; // ms between looks whether a picture is done
const SIZES = 2; // coarse and exact

interface Buffer {
    image: ImageData;
    framebuffer: WebGLFramebuffer;
    parts: WebGLRenderbuffer[];
}

export class OffscreenPicture {
    /** A picture is being drawn: another one would only wait behind it. */
    pending = false;
    private readonly bind: WebGL2RenderingContext['bindFramebuffer'];
    private readonly canvas = document.createElement('canvas');
    private readonly pen = this.canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D;
    private buffers: Buffer[] = []; // used last: first
    private begun = false;
    private bound: WebGLFramebuffer | null = null; // as the library knows it; null: its canvas
    private turn = 0;

    constructor(private readonly gl: WebGL2RenderingContext, private readonly under: HTMLCanvasElement) {
        this.bind = gl.bindFramebuffer.bind(gl);
        gl.bindFramebuffer = (target, framebuffer) => {
            this.bound = framebuffer;
            this.bind(target, framebuffer ?? this.target());
        };
        this.canvas.className = 'map-offscreen';
        this.canvas.hidden = true;
        under.classList.add('unseen'); // else the page waits for it too, with nothing in it
        under.after(this.canvas);
    }

    /** What is drawn from now on is of that size in pixels and does not go to the library's canvas. */
    begin(width: number, height: number): void {
        const buffer = this.buffers.find(({ image }) => image.width === width && image.height === height) ?? this.make(width, height);
        if (this.begun && buffer === this.buffers[0]) {
            return;
        }
        this.stop();
        this.buffers = [buffer, ...this.buffers.filter((one) => one !== buffer)];
        this.buffers.splice(SIZES).forEach(({ framebuffer, parts }) => {
            this.gl.deleteFramebuffer(framebuffer);
            parts.forEach((part) => this.gl.deleteRenderbuffer(part));
        });
        this.begun = true;
        this.rebind();
    }

    /** From now on it does. The last picture is shown until hide(). */
    end(): void {
        this.stop();
        this.begun = false;
        this.rebind();
    }

    hide(): void {
        this.canvas.hidden = true;
        this.under.classList.remove('unseen');
    }

    /** All commands of a picture are given. done: it is shown. False, and done is not called: it goes to the library's canvas.
        Nor is it when another picture, begin() or end() came first. */
    take(done: () => void): boolean {
        const { gl, buffers: [buffer] } = this;
        if (!this.begun || !buffer) {
            return false;
        }
        this.stop();
        const { turn } = this;
        const pixels = this.read(buffer);
        const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
        gl.flush();
        this.pending = true;
        const look = (): void => {
            if (turn === this.turn && fence && gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.UNSIGNALED && !gl.isContextLost()) {
                window.setTimeout(look, LOOK);
                return;
            }
            gl.deleteSync(fence);
            if (turn === this.turn) {
                this.pending = false;
                this.show(buffer.image, pixels);
                done();
            }
            gl.deleteBuffer(pixels);
        };
        window.setTimeout(look, LOOK);
        return true;
    }

    /** The context was lost, and all in it. */
    restart(): void {
        this.buffers = [];
        this.end();
        this.hide();
    }

    private stop(): void {
        this.turn++;
        this.pending = false;
    }

    /** On their way from the framebuffer. */
    private read({ framebuffer, image }: Buffer): WebGLBuffer {
        const { gl } = this;
        const pixels = gl.createBuffer();
        this.bind(gl.READ_FRAMEBUFFER, framebuffer);
        gl.bindBuffer(gl.PIXEL_PACK_BUFFER, pixels);
        gl.bufferData(gl.PIXEL_PACK_BUFFER, image.data.byteLength, gl.STREAM_READ);
        gl.readPixels(0, 0, image.width, image.height, gl.RGBA, gl.UNSIGNED_BYTE, 0);
        gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
        this.rebind();
        return pixels;
    }

    private show(image: ImageData, pixels: WebGLBuffer): void {
        const { gl, canvas } = this;
        gl.bindBuffer(gl.PIXEL_PACK_BUFFER, pixels);
        gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, image.data);
        gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
        if (canvas.width !== image.width || canvas.height !== image.height) {
            [canvas.width, canvas.height] = [image.width, image.height];
        }
        this.pen.putImageData(image, 0, 0);
        canvas.hidden = false;
    }

    private target(): WebGLFramebuffer | null {
        return this.begun ? this.buffers[0]?.framebuffer ?? null : null;
    }

    private rebind(): void {
        this.bind(this.gl.FRAMEBUFFER, this.bound ?? this.target());
    }

    private make(width: number, height: number): Buffer {
        const { gl } = this;
        const before = gl.getParameter(gl.RENDERBUFFER_BINDING) as WebGLRenderbuffer | null;
        const framebuffer = gl.createFramebuffer();
        this.bind(gl.FRAMEBUFFER, framebuffer);
        const parts = ([[gl.COLOR_ATTACHMENT0, gl.RGBA8], [gl.DEPTH_STENCIL_ATTACHMENT, gl.DEPTH24_STENCIL8]] as const).map(([place, format]) => {
            const part = gl.createRenderbuffer();
            gl.bindRenderbuffer(gl.RENDERBUFFER, part);
            gl.renderbufferStorage(gl.RENDERBUFFER, format, width, height);
            gl.framebufferRenderbuffer(gl.FRAMEBUFFER, place, gl.RENDERBUFFER, part);
            return part;
        });
        gl.bindRenderbuffer(gl.RENDERBUFFER, before);
        return { image: new ImageData(width, height), framebuffer, parts };
    }
}
