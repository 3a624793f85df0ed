// Looks at a pane as an auditor does: contrast, sizes, names, overflow. Runs inside the page.
import assert from 'node:assert/strict';

/** What is wrong with the pane in a frame; empty when nothing is. */
function look(smallest) {
  const problems = [];
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const parse = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return { channels: [red, green, blue], alpha: alpha / 255 };
  };
  const over = (top, under) => top.channels.map((value, at) => value * top.alpha + under[at] * (1 - top.alpha));
  const luminance = (channels) => {
    const [red, green, blue] = channels.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const background = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const layer = parse(getComputedStyle(at).backgroundColor);
      if (layer.alpha > 0) layers.push(layer);
      if (layer.alpha === 1) break;
    }
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    return layers.reverse().reduce((under, layer) => over(layer, under), dark ? [18, 18, 18] : [255, 255, 255]);
  };
  const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && element.getBoundingClientRect().width > 1;
  for (const element of document.body.querySelectorAll('*')) {
    const words = [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
    const disabled = element.closest('button:disabled, label:has(input:disabled)');
    if (!words.length || !visible(element) || disabled) continue;
    const style = getComputedStyle(element);
    const under = background(element);
    const [a, b] = [luminance(over(parse(style.color), under)), luminance(under)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < needed) problems.push(`contrast ${ratio.toFixed(2)} of "${words[0].data.trim().slice(0, 40)}"`);
  }
  for (const control of document.body.querySelectorAll('button, a[href], input:not([type=hidden]), [role=button]')) {
    const target = control.matches('[type=checkbox], [type=radio]') ? control.closest('label') ?? control : control;
    if (!visible(target)) continue;
    const { width, height } = target.getBoundingClientRect();
    if (width < smallest || height < smallest) problems.push(`${Math.round(width)}x${Math.round(height)} for ${control.outerHTML.slice(0, 80)}`);
  }
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
    problems.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${document.documentElement.clientWidth}`);
  }
  if (document.querySelectorAll('h1').length < 1) problems.push('no heading');
  if (!document.documentElement.lang) problems.push('no language');
  const known = new Set();
  for (const { id } of document.querySelectorAll('[id]')) {
    if (known.has(id)) problems.push(`id ${id} twice`);
    known.add(id);
  }
  const moving = document.getAnimations().filter((one) => one.playState === 'running' && Number(one.effect.getComputedTiming().duration) > 200);
  if (matchMedia('(prefers-reduced-motion: reduce)').matches && moving.length) problems.push(`${moving.length} animations in spite of reduced motion`);
  return problems;
}

/** Asserts that the pane that a shop's flow shows has no fault that can be measured. Sizes in CSS pixels. */
export async function audit(shop, what, smallest = 24) {
  const frame = shop.tab.frames().find((one) => one !== shop.tab.mainFrame()) ?? shop.tab.mainFrame();
  assert.deepEqual(await frame.evaluate(look, smallest), [], what);
}
