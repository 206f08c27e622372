// A phone in MQTT mode.
import { connect as connectSocket } from 'node:net';
import mqtt from 'mqtt';
import { PASSWORD } from './stack.mjs';

/** Connected over WebSocket; publish(topic, text), listen(topic, run) and close(). */
export async function connect(stack, username, clientId, password = PASSWORD) {
    const client = await mqtt.connectAsync(`ws://127.0.0.1:${stack.ws}`, { username, password, clientId, reconnectPeriod: 0 });
    return {
        listen: async (topic, run) => {
            client.on('message', (_, payload) => run(JSON.parse(payload.toString())));
            await client.subscribeAsync(topic, { qos: 1 });
        },
        publish: (topic, text) => client.publishAsync(topic, text, { qos: 1 }),
        close: () => client.endAsync(),
    };
}

/** Whether something listens there. */
export const isOpen = (port) => new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false)).once('connect', () => socket.destroy());
});
