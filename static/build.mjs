// Builds what the browser loads.      node static/build.mjs OUTDIR ASSETS_C
//
// Everything under OUTDIR but sw.js and web_ui/ carries the hash of its content in its name, and is
// served as immutable. Text files get .gz twins. ASSETS_C: logical name → URL, for templates.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const [outdir, assetsC] = process.argv.slice(2);
if (!outdir || !assetsC) {
    console.error('usage: node static/build.mjs OUTDIR ASSETS_C');
    process.exit(2);
}
const target = ['chrome123', 'firefox120', 'safari17.5'];
const assets = new Map(); // logical name → file name with hash

function write(name, content) {
    const path = join(outdir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    if (/\.(js|css|svg|html|txt|webmanifest)$/.test(name)) {
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
    }
}

// 8 characters of base32, as esbuild's own.
function hash(content) {
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const bytes = createHash('sha256').update(content).digest();
    return Array.from(bytes.subarray(0, 8), (b) => digits[b & 31]).join('');
}

function addAsset(logical, content) {
    const ext = extname(logical);
    const name = `${basename(logical, ext)}.${hash(content)}${ext}`;
    write(name, content);
    assets.set(logical, name);
}

const url = (logical) => {
    const name = assets.get(logical);
    if (name === undefined) {
        throw new Error(`no such asset: ${logical}`);
    }
    return `/static/${name}`;
};

// One SVG of <symbol>s out of icons/*.svg: <use href="...#name">.
function iconSprite() {
    const dir = join(here, 'icons');
    const symbols = readdirSync(dir).filter((f) => f.endsWith('.svg')).sort().map((file) => {
        const svg = readFileSync(join(dir, file), 'utf8').trim();
        const [, attributes, inner] = /^<svg xmlns="[^"]*" ([^>]*)>([\s\S]*)<\/svg>$/.exec(svg);
        return `<symbol id="${basename(file, '.svg')}" ${attributes}>${inner}</symbol>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

// Licence texts of everything that is bundled: the map library and what it is made of.
function licences() {
    const texts = [];
    const seen = new Set();
    const visit = (name) => {
        const dir = join(root, 'node_modules', name);
        if (seen.has(name) || name.startsWith('@types/') || !existsSync(dir)) {
            return;
        }
        seen.add(name);
        const about = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
        const file = readdirSync(dir).find((f) => /^(licen[cs]e|copying)/i.test(f));
        const text = file ? readFileSync(join(dir, file), 'utf8').trim() : `Licence: ${about.license}`;
        texts.push(`${about.name} ${about.version}\n\n${text}\n`);
        Object.keys(about.dependencies ?? {}).forEach(visit);
    };
    ['maplibre-gl', 'pmtiles', '@protomaps/basemaps', 'qrcode-generator', 'uplot', '@photostructure/tz-lookup'].forEach(visit);
    return texts.join(`\n${'-'.repeat(76)}\n\n`);
}

// The map library as its authors minified it, in two files: the page's part, and what page and worker share with
// the worker, which is the same file started as a worker. Their own file hands the worker its code as a blob, which
// our content security policy forbids; their files for such policies hold the shared part twice.
function mapLibrary() {
    const code = readFileSync(join(root, 'node_modules/maplibre-gl/dist/maplibre-gl.js'), 'utf8');
    const calls = /^define\("shared"[\s\S]*?^(?=\n?\/\/\n\/\/ Our custom intro)/m.exec(code)?.[0];
    const parts = {};
    new Function('define', calls ?? '')((name, needs, factory) => {
        parts[`${name}(${needs})`] = factory.toString();
    });
    const { 'shared(exports)': shared, 'worker(./shared)': worker, 'index(exports,./shared)': index } = parts;
    if (!shared || !worker || !index) {
        throw new Error(`maplibre-gl.js has other parts than expected: ${Object.keys(parts).join(' ')}`);
    }
    addAsset('maplibre-shared.js', `/* Licences of the code in here: ${url('licences.txt')} */
globalThis.maplibreShared = {};
(${shared})(globalThis.maplibreShared);
if (typeof WorkerGlobalScope !== 'undefined') {
    (${worker})(globalThis.maplibreShared);
}
`);
    addAsset('maplibre.js', `import '${url('maplibre-shared.js')}';
const library = {};
(${index})(library, globalThis.maplibreShared);
const { Map: MapClass, Marker, LngLatBounds, addProtocol, setWorkerUrl, setMaxParallelImageRequests } = library;
export { MapClass as Map, Marker, LngLatBounds, addProtocol, setWorkerUrl, setMaxParallelImageRequests };
`);
}

async function bundle(options) {
    const result = await build({
        absWorkingDir: root, bundle: true, minify: true, target, write: false, metafile: true,
        outdir, entryNames: '[name].[hash]', legalComments: 'linked', logLevel: 'warning', ...options,
    });
    for (const file of result.outputFiles) {
        write(basename(file.path), file.contents);
    }
    for (const [path, output] of Object.entries(result.metafile.outputs)) {
        if (output.entryPoint) {
            const logical = basename(path).replace(/\.[0-9A-Z]{8}(\.\w+)$/, '$1');
            assets.set(logical, basename(path));
        }
    }
}

// A name that a template asks for and that was not built is an error here, not a broken page later.
function checkTemplates() {
    const dir = join(root, 'templates');
    for (const file of readdirSync(dir).filter((f) => f.endsWith('.tmpl'))) {
        readFileSync(join(dir, file), 'utf8').split('\n').forEach((line, i) => {
            for (const [, name] of line.matchAll(/\{\{\s*asset\s+"([^"]*)"/g)) {
                if (!assets.has(name)) {
                    throw new Error(`templates/${file}:${i + 1}: no such asset: ${name}`);
                }
            }
        });
    }
}

function writeAssetsC() {
    const rows = [...assets].sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([logical, name]) => `    { "${logical}", "/static/${name}" },\n`);
    mkdirSync(dirname(assetsC), { recursive: true });
    writeFileSync(assetsC, `/* Made by static/build.mjs. */
#include "templates/assets.h"

static const struct {
    const char *logical, *url;
} assets[] = {
${rows.join('')}};

struct str asset_url(struct str logical)
{
    for (size_t i = 0; i < sizeof assets / sizeof assets[0]; i++) {
        if (str_eqz(logical, assets[i].logical)) {
            return str_of(assets[i].url);
        }
    }
    return STR("");
}
`);
}

function manifest() {
    const icon = (name, size, purpose) => ({
        src: url(name), sizes: `${size}x${size}`, type: 'image/png', purpose,
    });
    return `${JSON.stringify({
        name: 'mytracks', short_name: 'mytracks', description: 'Where your devices are',
        start_url: '/', scope: '/', display: 'standalone', prefer_related_applications: false,
        background_color: '#f4f6f8', theme_color: '#2b52dd',
        icons: [icon('icon-192.png', 192, 'any'), icon('icon-maskable-512.png', 512, 'any maskable')],
    }, null, 2)}\n`;
}

// The page that the service worker shows without a network: plain HTML with {{name}} for asset URLs.
function offlinePage() {
    const html = readFileSync(join(here, 'sw/offline.html'), 'utf8');
    return html.replace(/\{\{([\w.-]+)\}\}/g, (_, name) => url(name));
}

rmSync(outdir, { recursive: true, force: true });
addAsset('icons.svg', iconSprite());
addAsset('licences.txt', licences());
for (const file of ['logo.svg', 'icon-180.png', 'icon-192.png', 'icon-maskable-512.png']) {
    addAsset(file, readFileSync(join(here, 'images', file)));
}
mapLibrary();
await bundle({ entryPoints: ['static/css/app.css'] });
await bundle({ entryPoints: ['static/app/theme.ts'], format: 'iife', globalName: 'mytracksTheme' });
// Parts that a page loads only when they are wanted.
for (const part of ['archive', 'chart', 'qr', 'search', 'zonelookup']) {
    await bundle({ entryPoints: [`static/app/${part}.ts`], format: 'esm', define: { ICONS_URL: JSON.stringify(url('icons.svg')) } });
}
// homemap is a part as well, but one that needs the map's library: before the page that names it.
for (const page of ['homemap', 'home', 'login', 'page', 'profile', 'places', 'admin', 'status', 'start', 'data', 'docs', 'public', 'statistics']) {
    await bundle({
        entryPoints: [`static/app/${page}.ts`], format: 'esm', external: ['/static/*'],
        define: {
            ARCHIVE_URL: JSON.stringify(url('archive.js')),
            CHART_URL: JSON.stringify(url('chart.js')),
            QR_URL: JSON.stringify(url('qr.js')),
            SEARCH_URL: JSON.stringify(url('search.js')),
            ZONES_URL: JSON.stringify(url('zonelookup.js')),
            ICONS_URL: JSON.stringify(url('icons.svg')),
            ...(assets.has('homemap.js') ? { HOME_MAP_URL: JSON.stringify(url('homemap.js')) } : {}),
            MAP_LIBRARY_URL: JSON.stringify(url('maplibre.js')),
            MAP_WORKER_URL: JSON.stringify(url('maplibre-shared.js')),
        },
    });
}
checkTemplates();
addAsset('offline.html', offlinePage());
const sw = await build({
    absWorkingDir: root, entryPoints: ['static/sw/sw.ts'], bundle: true, minify: true, target, write: false,
    define: {
        CACHE_NAME: JSON.stringify(`mytracks-${hash([...assets.values()].join())}`),
        OFFLINE_URL: JSON.stringify(url('offline.html')),
        NOTICE_ICON: JSON.stringify(url('icon-192.png')),
        OFFLINE_ASSETS: JSON.stringify([url('app.css'), url('theme.js'), url('logo.svg')]),
    },
});
write('sw.js', sw.outputFiles[0].contents);
// Names that the reference had; installed apps and bookmarks know them.
write('web_ui/manifest.webmanifest', manifest());
for (const size of [192, 512]) {
    write(`web_ui/icons/icon-${size}.png`, readFileSync(join(here, `images/icon-${size}.png`)));
}
writeAssetsC();
