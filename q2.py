import sqlite3,glob,time,sys
c=sqlite3.connect(glob.glob('/tmp/trial/s/atonix.db')[0]); 
w=c.execute("select id from workspaces where slug='seeded'").fetchone()[0]
