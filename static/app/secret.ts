// Secrets that are made here and may have to be typed on a phone.

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';

/** Of characters that cannot be mistaken for each other. */
export function makeSecret(length: number): string {
    const random = crypto.getRandomValues(new Uint32Array(length));
    return Array.from(random, (n) => ALPHABET[n % ALPHABET.length]).join('');
}
