// The service worker (static/sw): the page is there without a network, with what it showed last.

/** At the first visit the worker begins when all this was read, or asked for, already: it is told of it. */
function tellFirst(): void {
    const begun = performance.now();
    const tell = (paths: string[]): void => navigator.serviceWorker.controller?.postMessage(paths);
    tell([location.pathname]);
    new PerformanceObserver((list) => {
        tell(list.getEntries().filter(({ startTime }) => startTime <= begun).map(({ name }) => new URL(name))
            .filter(({ origin }) => origin === location.origin).map(({ pathname, search }) => pathname + search));
    }).observe({ type: 'resource', buffered: true });
}

export function startWorker(): void {
    if ('serviceWorker' in navigator) {
        if (navigator.serviceWorker.controller === null) {
            navigator.serviceWorker.addEventListener('controllerchange', tellFirst, { once: true });
        }
        window.addEventListener('load', () => {
            navigator.serviceWorker.register('/sw.js').catch((error: unknown) => console.warn(error));
        });
    }
}
