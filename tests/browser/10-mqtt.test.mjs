// MQTT over WebSocket from a browser with MQTT.js: at the broker's own port, and through nginx at /mqtt.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { until } from './browser.mjs';
import { PASSWORD } from './stack.mjs';

const library = readFileSync(new URL('../../node_modules/mqtt/dist/mqtt.min.js', import.meta.url), 'utf8');

/** A page of the stack's origin that has no Content-Security-Policy (nginx's own 404), with MQTT.js in it. */
async function mqttPage(browser, stack) {
    const page = await browser.newPage(stack, { allow: [/404|WebSocket/] });
    await page.goto(`${stack.base}/static/mqtt-client`);
    await page.addScriptTag({ content: library });
    return page;
}

/** Connects, subscribes like the apps, publishes a position; what came back, or why it was not let in. */
function conversation(page, url, username, password, version, tst) {
    return page.evaluate(async ([url, username, password, protocolVersion, tst]) => {
        const client = window.mqtt.connect(url, {
            protocolId: protocolVersion === 3 ? 'MQIsdp' : 'MQTT', username, password, protocolVersion,
            clientId: `${username}-${protocolVersion}-${tst}`, reconnectPeriod: 0, connectTimeout: 10000,
        });
        const got = [];
        client.on('message', (topic, payload) => got.push([topic, JSON.parse(payload.toString()).tst]));
        const failed = await new Promise((resolve) => {
            client.on('connect', () => resolve(null));
            client.on('error', (error) => resolve(String(error.code ?? error.message)));
            client.on('close', () => resolve('closed'));
        });
        if (failed !== null) {
            return failed;
        }
        await client.subscribeAsync('owntracks/+/+', { qos: 1 });
        const message = { _type: 'location', lat: 48.2, lon: 16.4, tst, tid: 'js', SSID: 'x'.repeat(10000) };
        await client.publishAsync(`owntracks/${username}/js`, JSON.stringify(message), { qos: 1 });
        await new Promise((resolve) => { const look = () => (got.length > 0 ? resolve() : setTimeout(look, 10)); look(); });
        await client.endAsync();
        return got;
    }, [url, username, password, version, tst]);
}

export const users = { anna: true, ben: false };
export const tests = [3, 4, 5].flatMap((version) => ['port', 'nginx'].map((way) => ({
    name: `MQTT ${{ 3: '3.1', 4: '3.1.1', 5: '5' }[version]} over WebSocket, ${way === 'nginx' ? 'through nginx' : "at the broker's port"}`,
    async run({ stack, browser }) {
        const page = await mqttPage(browser, stack);
        const url = way === 'nginx' ? `${stack.base.replace('http', 'ws')}/mqtt` : `ws://127.0.0.1:${stack.ws}`;
        const tst = 1772800000 + version * 10 + (way === 'nginx' ? 1 : 0);
        const time = new Date(tst * 1000).toISOString().slice(0, 19).replace('T', ' ');
        assert.deepEqual(await conversation(page, url, 'ben', PASSWORD, version, tst), [['owntracks/ben/js', tst]]);
        await until('the row', () => stack.sql('select count(*) from my_tracks_location where timestamp = ?', [time])[0][0] === 1);
        assert.match(String(await conversation(page, url, 'ben', 'wrong', version, tst)), /^(4|5|134|135|closed|.*refused.*)$/i);
    },
}))).concat({
    name: 'without an upgrade /mqtt is a page that is not there',
    async run({ stack }) {
        assert.equal((await fetch(`${stack.base}/mqtt`)).status, 404);
    },
});
