// Scripts that are loaded when they are wanted.
const failures = new Map<string, number>(); // by address

/** Again after it failed, too: browsers remember that of an address, so it is another one then. */
export async function load<Part>(url: string): Promise<Part> {
    const times = failures.get(url) ?? 0;
    try {
        return await import(times === 0 ? url : `${url}#${times}`) as Part;
    } catch (error) {
        failures.set(url, times + 1);
        throw error;
    }
}
