// QR codes. A file of its own: it is loaded when a code is wanted.
import qrcode from 'qrcode-generator';

/** Modules of the smallest code that holds the text (ASCII): rows of booleans, dark is true. */
export function qrModules(text: string): boolean[][] {
    const code = qrcode(0, 'L');
    code.addData(text, 'Byte');
    code.make();
    const size = code.getModuleCount();
    return Array.from({ length: size }, (_, y) => Array.from({ length: size }, (__, x) => code.isDark(y, x)));
}
