import { confirmEmail, password, payer, put } from '../../pages/member.ts';
import { now, unique } from '../../pages/payments.ts';
import { answersSlowly } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

test('a member reads what is new, from the bell to the object', async ({ page, laurel }) => {
  await payer(page, laurel, now('150.00'));
  const bell = page.getByRole('link', { name: 'Notifications, 1 unread' });
  await expect(bell).toBeVisible();
  await bell.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notifications');
  const news = page.getByRole('listitem').filter({ hasText: 'You are now Gold' });
  await expect(news).toContainText('You were Standard before.');
  await news.getByRole('button', { name: 'See the tiers' }).click();
  await expect(page).toHaveURL(/\/tiers$/);
  await expect(page.getByRole('link', { name: 'Notifications', exact: true })).toBeVisible();
  await page.goBack();
  await expect(page.getByText('You are now Gold')).toBeVisible();
});

test('all are marked as read at once, and twice does nothing more', async ({ page, laurel }) => {
  await payer(page, laurel, now('150.00'));
  await page.goto('/notifications');
  await answersSlowly(page, '/api/**');
  await page.getByRole('button', { name: 'Mark all as read' }).dblclick({ delay: 100 });
  await expect(page.getByRole('status')).toContainText(/marked as read|was read already/);
  await expect(page.getByRole('button', { name: 'Mark all as read' })).toHaveCount(0);
});

test('news come by e-mail until the link in one stops them', async ({ page, laurel }) => {
  const [externalId, email] = [`m-${unique()}`, `han-${unique()}@example.com`];
  await put(laurel, externalId, { name: 'Han Meimei', email, locale: 'en' });
  const key = laurel.cli(['key', 'create', '--name', 'till', '--scope', 'events:write']).trim();
  const sent = await fetch(`${laurel.url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      id: `p-${unique()}`,
      kind: 'payment',
      member: externalId,
      amount: '150.00',
      currency: 'CNY',
      occurred_at: new Date().toISOString(),
    }),
  });
  expect(sent.status).toBeLessThan(300);
  const message = await laurel.email(email, 'You are now Gold');
  const link = /http[^\s"<>]*\/unsubscribe\?[^\s"<>]*/.exec(message)?.[0] ?? 'no link';
  await page.goto(link.replaceAll('&amp;', '&'));
  await page.getByRole('button', { name: 'Stop these emails' }).click();
  await expect(page.getByRole('status')).toContainText('You won’t get emails about this any more');
});

test('a forgotten password is set anew by the link in an e-mail', async ({ page, laurel }) => {
  const member = await payer(page, laurel, '10.00');
  await confirmEmail(page, laurel, member.signInName);
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.locator('[name=sign_in_name]').fill(member.signInName);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByRole('status')).toContainText('the link is on its way');
  const message = await laurel.email(member.signInName, '/activate?code=');
  const link = /http[^\s"<>]*\/activate\?code=[A-Za-z0-9]+/.exec(message)?.[0] ?? 'no link';
  await page.goto(link);
  await page.locator('[name=password]').fill(`${password} again`);
  await page.locator('main button[type=submit]').click();
  await page.waitForURL('/');
});

test('a member chooses which e-mails they get', async ({ page, laurel }) => {
  const member = await payer(page, laurel, '10.00');
  await confirmEmail(page, laurel, member.signInName);
  await page.goto('/profile');
  const card = page.locator('#emails');
  await card.getByLabel('Changes of the rules').uncheck();
  await card.getByRole('button', { name: 'Keep this choice' }).click();
  await expect(page.getByRole('status')).toHaveText('Your choice is saved.');
  await expect(card.getByLabel('Changes of the rules')).not.toBeChecked();
  await expect(card.getByLabel('Points about to expire')).toBeChecked();
});

test('another e-mail address counts once its link was followed', async ({ page, laurel }) => {
  const member = await payer(page, laurel, '10.00');
  await confirmEmail(page, laurel, member.signInName);
  const email = `new-${unique()}@example.com`;
  await page.goto('/profile');
  await page.locator('[name=name]').fill(member.name);
  await page.locator('[name=email]').fill(email);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toContainText(`We’ve sent a link to ${email}`);
  await expect(page.locator('.notice.warn')).toContainText(`until then we write to ${member.signInName}`);
  await laurel.email(member.signInName, 'n•••@example.com');
  await page.getByRole('button', { name: 'Send the link again' }).click();
  await confirmEmail(page, laurel, email);
  await expect(page.getByText(`We write to ${email}`)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send the link again' })).toHaveCount(0);
});
