from django.urls import path

from assessments.views import sheets

urlpatterns = [
    path("phieu/", sheets.sheets, name="sheets"),
    path("phieu/<int:assessment>/", sheets.sheet, name="sheet"),
    path("phieu/<int:assessment>/tieu-chi/<int:criterion>/", sheets.leaf, name="leaf"),
    path("phieu/<int:assessment>/trinh/", sheets.send, name="send"),
    path("phieu/<int:assessment>/duyet/", sheets.submit, name="submit"),
    path("phieu/<int:assessment>/sua-lai/", sheets.send_back, name="send_back"),
    path("phieu/<int:assessment>/bien-nhan/", sheets.receipt, name="receipt"),
]
