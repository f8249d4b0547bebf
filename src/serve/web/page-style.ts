import { pageColours } from '../../report/page/page-style.js';

/** The style sheet of the page: light and dark by the reader's setting, one column on a phone. */
export const pageStyle = `${pageColours}*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
header.top{display:flex;gap:20px;align-items:baseline;padding:14px 20px;border-bottom:1px solid var(--line)}
h1{font-size:22px;margin:0}h2{font-size:18px;margin:0 0 6px}
.said{margin:0;color:var(--soft);min-height:1.5em;overflow-wrap:anywhere}
main{display:grid;grid-template-columns:minmax(300px,5fr) 7fr;gap:24px;padding:20px;max-width:1500px;margin:0 auto}
.panel{min-width:0}
a{color:var(--accent)}
button,select,input[type=text],input[type=number]{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:4px 10px;max-width:100%}
button{cursor:pointer}button:disabled{opacity:.5;cursor:default}
button[aria-pressed=true],button.main:not(:disabled){background:var(--accent);color:var(--bg);border-color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.list{list-style:none;margin:0;padding:0}
.files{max-height:44vh;overflow:auto;border:1px solid var(--line);border-radius:8px;margin:6px 0 14px}
.files:empty{display:none}
.files li,.all{content-visibility:auto;contain-intrinsic-size:auto 34px}
.row{display:flex;gap:10px;align-items:center;padding:5px 10px;cursor:pointer}
.row .name{flex:1;overflow-wrap:anywhere}.soft{color:var(--soft)}.row .soft{white-space:nowrap}
button.folder{border:0;background:none;padding:4px 10px;text-align:left;color:var(--accent);overflow-wrap:anywhere}
.plan+button{margin-top:8px}
.where{color:var(--soft);overflow-wrap:anywhere;margin:0 0 6px}
.wishes{display:grid;grid-template-columns:1fr 1fr;gap:10px 14px}.wishes label{display:grid;gap:2px;min-width:0}.wishes .wide{grid-column:1/-1}
.wishes span{color:var(--soft);font-size:13px}.wishes select,.wishes input{width:100%}
.tracks{border:1px solid var(--line);border-radius:6px;padding:2px 10px 6px;margin:0;min-width:0}.tracks legend{color:var(--soft);font-size:13px;padding:0 4px}.wishes .tracks .row{display:flex;padding:3px 0}.wishes .tracks .row .name{color:inherit;font-size:inherit}.wishes .tracks .row input{width:auto;flex:none}.wishes p{margin:2px 0}
.bar{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:10px 0}.line .bar{margin:0}
.hint{color:var(--soft);font-size:13px;margin:4px 0}.note{color:var(--warn);overflow-wrap:anywhere;margin:6px 0}
.jobs{list-style:none;margin:0;padding:0}
.job{border:1px solid var(--line);border-radius:8px;padding:10px 14px;margin:0 0 10px;background:var(--panel);content-visibility:auto;contain-intrinsic-size:auto 108px}
.job.away{min-height:108px}.job.running{border-color:var(--accent)}.job.done,.job.cancelled{background:none}
.job button{background:var(--bg)}
.line{display:flex;flex-wrap:wrap;gap:4px 16px;justify-content:space-between;align-items:center}
.job .name{overflow-wrap:anywhere}.far{font-variant-numeric:tabular-nums}
progress{width:100%;height:10px;accent-color:var(--accent);margin:6px 0}
.machines{margin-top:28px}.machines h3{font-size:15px;margin:14px 0 4px}.machines .list{border:1px solid var(--line);border-radius:8px}
.machines .list li{padding:6px 12px;border-top:1px solid var(--line)}.machines .list li:first-child{border-top:0}.machines .name{overflow-wrap:anywhere}
.machines progress{margin:3px 0}
details>summary{cursor:pointer;color:var(--soft);font-size:13px;margin-top:4px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;margin:10px 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.notes{margin:6px 0;padding-left:20px}.notes:empty{display:none}.notes li{overflow-wrap:anywhere}
.log{max-height:260px;overflow:auto;font-size:12px;background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:8px;white-space:pre-wrap;overflow-wrap:anywhere}
@media (max-width:760px){
main{grid-template-columns:minmax(0,1fr);padding:14px;gap:30px}header.top{padding:12px 14px;flex-wrap:wrap;gap:2px 16px}
.files{max-height:36vh}.wishes{grid-template-columns:minmax(0,1fr)}button,select,input{min-height:40px}.row input,.wishes .tracks .row input{width:20px;height:20px;min-height:0}.wishes .tracks .row{min-height:40px}
}
`;
