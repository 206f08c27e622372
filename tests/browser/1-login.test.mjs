// Signing in and out. Runs first: the first test needs a database without users.
import assert from 'node:assert/strict';
import { DESKTOP, signIn } from './browser.mjs';
import { PASSWORD } from './stack.mjs';

export const tests = [
    {
        name: 'first run: the page tells how to make an administrator, and stops telling',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await page.goto(`${stack.base}/login/`);
            assert.match(await page.textContent('.notice'), /mytracks setup/);
            await page.setViewportSize(DESKTOP);
            stack.addUser('anna', true);
            stack.addUser('ben');
            await page.reload();
            assert.equal(await page.locator('.notice').count(), 0);
        },
    },
    {
        name: 'whoever is not signed in comes to the form, and from there where they wanted to',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await page.goto(`${stack.base}/?a=1`);
            assert.equal(new URL(page.url()).pathname, '/login/');
            await page.fill('#username', 'ben');
            await page.fill('#password', PASSWORD);
            await page.press('#password', 'Enter');
            await page.waitForURL(`${stack.base}/?a=1*`);
        },
    },
    {
        name: 'a wrong password is told, the name is kept, the password field has the focus',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await page.goto(`${stack.base}/login/`);
            await page.waitForSelector('#username:focus');
            assert.equal(await page.locator('[role=alert]').isVisible(), false);
            await page.fill('#username', '<b>anna</b>');
            await page.fill('#password', 'wrong');
            await page.click('button[type=submit]');
            await page.waitForSelector('[role=alert] .error');
            assert.match(await page.textContent('[role=alert]'), /do not fit/);
            assert.equal(await page.inputValue('#username'), '<b>anna</b>');
            assert.equal(await page.inputValue('#password'), '');
            await page.waitForSelector('#password:focus');
            assert.equal(await page.getAttribute('#password', 'aria-describedby'), 'login-error');
        },
    },
    {
        name: 'the password can be shown and hidden again',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await page.goto(`${stack.base}/login/`);
            await page.fill('#password', 'secret');
            await page.click('#show-password');
            assert.equal(await page.getAttribute('#password', 'type'), 'text');
            assert.equal(await page.getAttribute('#show-password', 'aria-label'), 'Hide password');
            await page.click('#show-password');
            assert.equal(await page.getAttribute('#password', 'type'), 'password');
            assert.equal(await page.inputValue('#password'), 'secret');
        },
    },
    {
        name: 'without JavaScript one can still sign in',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { javaScriptEnabled: false });
            await page.goto(`${stack.base}/login/`);
            await page.fill('#username', 'ben');
            await page.fill('#password', PASSWORD);
            await page.click('button[type=submit]');
            await page.waitForURL(`${stack.base}/`);
        },
    },
    {
        name: 'the keyboard alone is enough',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await page.goto(`${stack.base}/login/`);
            await page.keyboard.type('ben');
            await page.keyboard.press('Tab');
            await page.keyboard.type(PASSWORD);
            await page.keyboard.press('Tab'); // show password
            await page.keyboard.press('Tab');
            await page.keyboard.press('Enter');
            await page.waitForURL((url) => url.pathname === '/');
        },
    },
    {
        name: 'signing out ends the session',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'ben');
            await page.click('#menu-button');
            assert.match(await page.textContent('#menu'), /ben/);
            assert.doesNotMatch(await page.textContent('#menu'), /Administrator/);
            await page.click('#menu button[type=submit]');
            await page.waitForURL((url) => url.pathname === '/login/');
            await page.goto(`${stack.base}/`);
            assert.equal(new URL(page.url()).pathname, '/login/');
        },
    },
    {
        name: 'the language of the browser is spoken',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { locale: 'de-AT', allow: [/404 \(Not Found\)/] });
            await page.goto(`${stack.base}/login/`);
            await page.waitForSelector('button:has-text("Anmelden")');
            assert.equal(await page.getAttribute('html', 'lang'), 'de');
            assert.equal(await page.getAttribute('#show-password', 'aria-label'), 'Passwort anzeigen');
            await signIn(page, stack, 'ben');
            await page.waitForSelector('h2:has-text("Geräte")');
            await page.goto(`${stack.base}/profile/`);
            await page.waitForFunction(() => document.title === 'Profil · mytracks');
            await page.fill('#current_password', PASSWORD);
            await page.fill('#new_password', 'password1');
            await page.fill('#confirm_password', 'password1');
            await Promise.all([page.waitForEvent('load'), page.press('#confirm_password', 'Enter')]);
            await page.getByText('Dieses Passwort ist zu gebräuchlich.').waitFor(); // a reason of the server's
            await page.goto(`${stack.base}/geofences/nowhere`);
            await page.getByRole('heading', { name: 'Unter dieser Adresse gibt es nichts' }).waitFor();
            await page.getByRole('link', { name: 'Zur Karte' }).waitFor();
            assert.equal(await page.title(), 'Unter dieser Adresse gibt es nichts · mytracks');
        },
    },
];
