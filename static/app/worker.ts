// The service worker (static/sw): the page is there without a network, with what it showed last.

export function startWorker(): void {
    if ('serviceWorker' in navigator) {
        window.addEventListener('load', () => {
            navigator.serviceWorker.register('/sw.js').catch((error: unknown) => console.warn(error));
        });
    }
}
