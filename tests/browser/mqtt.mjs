// A phone in MQTT mode.
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
