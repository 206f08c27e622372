// A page that stays open gets older than its server: then its files, and the parts that come later, may be gone.
import { load } from './load.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

const filesOf = (page: ParentNode): string[] =>
    [...page.querySelectorAll('script[src], link[rel=stylesheet]')].map((node) => node.getAttribute('src') ?? node.getAttribute('href') ?? '');

/** Their names have a hash, so the page as the server makes it now tells. */
async function isOutdated(): Promise<boolean> {
    const answer = await fetch(location.pathname, { cache: 'no-store' }).catch(() => null);
    if (!answer?.ok || answer.redirected) {
        return false;
    }
    const page = await answer.text();
    return filesOf(document).some((file) => !page.includes(file));
}

/** Returns whether there is a new version. The address keeps what is looked at. */
export async function offerUpdate(): Promise<boolean> {
    const outdated = await isOutdated();
    if (outdated) {
        toast(t('newVersion'), { sticky: true, action: { label: t('reload'), run: () => location.reload() } });
    }
    return outdated;
}

/** A part that the page loads only when it is wanted. Null when it cannot be had, which is told. */
export async function loadPart<Part>(url: string): Promise<Part | null> {
    try {
        return await load<Part>(url);
    } catch {
        if (!await offerUpdate()) {
            toast(t('partFailed'));
        }
        return null;
    }
}
