create or replace view "it's ""odd""" as select "a""b'c"
from read_csv(['/data/it''s "odd".csv'], auto_detect = false, delim = '''', columns = {'a"b''c': 'VARCHAR'});
